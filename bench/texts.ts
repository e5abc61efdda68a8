/** What the tickets of the benchmark say: a short title and a text of some 300 characters. */
const SENTENCES = [
  'The printer on the second floor prints every page twice since this morning.',
  'I cannot sign in any more: after the password nothing happens, and the page stays empty.',
  'Our invoice of last month shows seats that we gave back in spring; please correct it.',
  'The meeting room that I booked is occupied by somebody else whose booking I cannot see.',
  'Since the update the export ends after a hundred lines, without any message.',
  'Could you tell me whether parcels are accepted on Saturdays, and until when?',
  'Das Internet fällt in unserem Büro jeden Nachmittag für einige Minuten aus.',
]

function sentence(index: number): string {
  return SENTENCES[index % SENTENCES.length] ?? ''
}

export function ticketTitle(index: number): string {
  return `${index}: ${sentence(index).slice(0, 40)}`
}

export function ticketText(index: number): string {
  return [0, 1, 3, 4].map((step) => sentence(index + step)).join('\n')
}
