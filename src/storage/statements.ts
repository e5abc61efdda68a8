/** Comments, texts, quoted names and bodies are wholes: a semicolon in one ends nothing. */
const PART = /--[^\n]*|\/\*[\s\S]*?\*\/|'(?:[^']|'')*'|"(?:[^"]|"")*"|(\$\w*\$)[\s\S]*?\1|;|[\s\S]/g
/** What runs nothing by itself. */
const IDLE = /^(?:--|\/\*|\s)/

/** The statements of a migration, one by one, as it writes them: a cluster takes only one at a time. */
export function statementsIn(sql: string): readonly string[] {
  const found: string[] = []
  let [current, runs] = ['', false]
  for (const [part] of sql.matchAll(PART)) {
    current += part
    if (part !== ';') {
      runs ||= !IDLE.test(part)
      continue
    }
    if (runs) found.push(current)
    ;[current, runs] = ['', false]
  }
  return runs ? [...found, current] : found
}
