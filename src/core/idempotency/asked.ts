/**
 * What a command is to do: told, or worked out by the command itself. Whatever is looked up for it, such as a topic by
 * its word, may be gone when a call is repeated; worked out by the command, its refusal comes after the earlier answer.
 */
export type Asked<What extends object> = What | (() => What | Promise<What>)

export async function workedOut<What extends object>(asked: Asked<What>): Promise<What> {
  return typeof asked === 'function' ? asked() : asked
}
