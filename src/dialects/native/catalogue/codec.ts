import type { CatalogueRecord, Channel, Desk, Group, PriorityLabel, StatusLabel } from '../../../core/tenants/tenant.ts'
import type {
  ChannelAnswer,
  DeskAnswer,
  GroupAnswer,
  PriorityLabelAnswer,
  RecordAnswer,
  StatusLabelAnswer,
} from './schema.ts'

export function encodeDesk({ id, integer, name, isDefault, active }: Desk): DeskAnswer {
  return { id, integer, name, default: isDefault, active }
}

export function encodeGroup({ id, integer, name, active }: Group): GroupAnswer {
  return { id, integer, name, active }
}

export function encodeRecord({ id, name, active }: CatalogueRecord): RecordAnswer {
  return { id, name, active }
}

export function encodeStatusLabel({ id, name, status, active }: StatusLabel): StatusLabelAnswer {
  return { id, name, status, active }
}

export function encodePriorityLabel({ id, name, priority, active }: PriorityLabel): PriorityLabelAnswer {
  return { id, name, priority, active }
}

export function encodeChannel({ id, name, kind, active }: Channel): ChannelAnswer {
  return { id, name, kind, active }
}
