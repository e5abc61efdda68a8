import type { Static } from 'typebox'
import { Type } from 'typebox'

export const Subject = Type.Object({ subject_id: Type.Integer(), name: Type.String() })
export type Subject = Static<typeof Subject>

export const TicketType = Type.Object({ type_id: Type.Integer(), name: Type.String() })
export type TicketType = Static<typeof TicketType>

export const TicketStatus = Type.Object({ status_id: Type.Integer(), name: Type.String() })
export type TicketStatus = Static<typeof TicketStatus>

export const TicketPriority = Type.Object({ priority_id: Type.Integer(), name: Type.String() })
export type TicketPriority = Static<typeof TicketPriority>

export const TicketGroup = Type.Object({ group_id: Type.Integer(), name: Type.String() })
export type TicketGroup = Static<typeof TicketGroup>
