import { lazy, Suspense } from 'react'
import { loadPart } from '../shell/parts.ts'
import { useSplitAsked } from './splitting.ts'

const SplitDialog = lazy(() => loadPart(() => import('./SplitDialog.tsx')))

/** The dialog of a split, which is loaded when it is first asked for. */
export function SplitPart() {
  const asked = useSplitAsked()
  if (asked === null) return null
  return (
    <Suspense>
      <SplitDialog asked={asked} />
    </Suspense>
  )
}
