import { refuse, refuseField } from '../../../core/errors.ts'
import type { Unsent, Written } from '../../../core/unsent/unsent.ts'
import { UUID } from '../../../core/uuid.ts'
import type { DraftAnswer, DraftBody } from './schema.ts'

/** The id that somebody chose for a draft. @throws Refusal `not_found` */
export function decodeDraftId({ draft }: { readonly draft: string }): string {
  return UUID.test(draft) ? draft.toLowerCase() : refuse({ code: 'not_found', missing: 'draft' })
}

/** What is written by now; nothing is, too. @throws Refusal `invalid` */
export function decodeWritten({ visibility = 'public', text, html, attachments = [] }: DraftBody): Written {
  if (text !== undefined && html !== undefined) refuseField(['html'], 'not_allowed', 'Send text or html, not both.')
  return {
    ...{ visibility, format: html === undefined ? 'text' : 'html', text: html ?? text ?? '' },
    attachmentIds: attachments.map((id) => id.toLowerCase()),
  }
}

export function encodeDraft({ id, version, visibility, format, text, files, updatedAt }: Unsent): DraftAnswer {
  return {
    ...{ id, version, visibility, text: format === 'text' ? text : null, html: format === 'html' ? text : null },
    attachments: [...files],
    updated_at: updatedAt,
  }
}
