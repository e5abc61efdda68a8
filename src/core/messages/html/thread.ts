import { type Rendered, render, type Written } from './render.ts'

/** What a thread does: one message at a time. */
export default function renderOne(written: Written): Promise<Rendered> {
  return render(written)
}
