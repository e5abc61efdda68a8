import { lazy, Suspense } from 'react'
import { loadPart } from '../shell/parts.ts'
import { useMacroAsked } from './macros.ts'

const MacroDialog = lazy(() => loadPart(() => import('./MacroDialog.tsx')))

/** The dialog of macros, which is loaded when it is first asked for. */
export function MacroPart() {
  const asked = useMacroAsked()
  if (asked === null) return null
  return (
    <Suspense>
      <MacroDialog asked={asked} />
    </Suspense>
  )
}
