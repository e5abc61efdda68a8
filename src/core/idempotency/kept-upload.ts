import { Type } from 'typebox'

const nullable = Type.Union([Type.Integer(), Type.Null()])

/** What is kept of an upload for its repeat, and stays when the file is gone: neither words nor people. */
export const KeptUpload = Type.Object({
  id: Type.String(),
  integer: Type.Integer(),
  media_type: Type.String(),
  size: Type.Integer(),
  width: nullable,
  height: nullable,
  created_at: Type.String(),
})
