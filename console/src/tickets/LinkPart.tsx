import { lazy, Suspense } from 'react'
import { loadPart } from '../shell/parts.ts'
import { useLinkAsked } from './linking.ts'

const LinkDialog = lazy(() => loadPart(() => import('./LinkDialog.tsx')))

/** What is asked of links, which is loaded when it is first asked. */
export function LinkPart() {
  const asked = useLinkAsked()
  if (asked === null) return null
  return (
    <Suspense>
      <LinkDialog asked={asked} />
    </Suspense>
  )
}
