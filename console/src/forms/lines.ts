/** What stands in a field for several lines, one each. */
export function linesOf(form: FormData, name: string): string[] {
  return String(form.get(name) ?? '')
    .split(/\s+/)
    .filter((line) => line !== '')
}
