import type { Context } from '../../../core/context.ts'
import { mayChangeShared } from '../../../core/identity/audience.ts'
import type { Macro, MacroChange, MacroEdit, NewMacro } from '../../../core/macros/macro.ts'
import type { Preview } from '../../../core/macros/run.ts'
import { MANAGE } from '../../../core/replies/queries.ts'
import { answerError } from '../../wire.ts'
import { encodeFiling } from '../bulk/codec.ts'
import { errors } from '../errors.ts'
import { namesOf } from '../names.ts'
import { decodeChange } from '../tickets/codec.ts'
import { encodeEventData } from '../tickets/event-data.ts'
import { decodeAudience } from '../views/codec.ts'
import type { MacroAnswer, MacroChangeBody, MacroEditBody, NewMacroBody, PreviewAnswer } from './schema.ts'

export function decodeNewMacro(body: NewMacroBody): NewMacro {
  const { name, change = {}, text = null, visibility = 'public', audience = 'private', group } = body
  return {
    ...{ name, change: decodeMacroChange(change), message: text === null ? null : { visibility, text } },
    ...{ audience, groupId: group?.toLowerCase() ?? null },
  }
}

export function decodeMacroEdit(
  macro: Macro,
  { name, change, text, visibility, audience, group }: MacroEditBody,
): MacroEdit {
  return {
    ...(name !== undefined && { name }),
    ...(change !== undefined && { change: decodeMacroChange(change) }),
    ...((text !== undefined || visibility !== undefined) && { message: messageOf(macro, text, visibility) }),
    ...decodeAudience(macro, { audience, group }),
  }
}

/** What is said once some of it changes. */
function messageOf(
  { message }: Macro,
  text: MacroEditBody['text'],
  visibility: MacroEditBody['visibility'],
): Macro['message'] {
  const said = text === undefined ? (message?.text ?? null) : text
  return said === null ? null : { visibility: visibility ?? message?.visibility ?? 'public', text: said }
}

function decodeMacroChange({ snooze, ...filing }: MacroChangeBody): MacroChange {
  return { ...decodeChange(filing), ...(snooze !== undefined && { snoozeMinutes: snooze }) }
}

function encodeMacroChange({ snoozeMinutes, ...filing }: MacroChange): MacroChangeBody {
  return { ...encodeFiling(filing), ...(snoozeMinutes !== undefined && { snooze: snoozeMinutes }) }
}

export function encodeMacro({ tenant, actor }: Pick<Context, 'tenant' | 'actor'>, macro: Macro): MacroAnswer {
  const { id, version, name, change, message, audience, groupId } = macro
  return {
    ...{ id, version, name, change: encodeMacroChange(change), audience },
    ...{ text: message?.text ?? null, visibility: message?.visibility ?? null },
    group: namesOf(tenant).group(groupId),
    changeable: mayChangeShared(actor, macro, MANAGE),
  }
}

export function encodePreview({ ticket, changes, message, problem }: Preview): PreviewAnswer {
  return {
    ...{ ticket: ticket.id, version: ticket.version },
    changes: changes.map(({ kind, before, after }) => ({
      ...{ kind, before: encodeEventData(before), after: encodeEventData(after) },
    })),
    problem: problem && answerError(errors, problem).body,
    message: message && { ...message, unfilled: [...message.unfilled] },
  }
}
