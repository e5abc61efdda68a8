/** A list that comes page by page, once it is whole. */
export async function collect<Each>(list: AsyncIterable<Each>): Promise<readonly Each[]> {
  const collected: Each[] = []
  for await (const each of list) collected.push(each)
  return collected
}
