import { QueryClientProvider } from '@tanstack/react-query'
import { RouterProvider } from '@tanstack/react-router'
import { StrictMode } from 'react'
import { I18nProvider } from 'react-aria-components'
import { createRoot } from 'react-dom/client'
import { cache } from './api/cache.ts'
import { beginLanguage, useLanguage } from './i18n/words.ts'
import { router } from './router.tsx'
import { applyTheme } from './theme/theme.ts'
import './theme/theme.css'
import './theme/console.css'

function Console() {
  return (
    <I18nProvider locale={useLanguage()}>
      <RouterProvider router={router} />
    </I18nProvider>
  )
}

function show(): void {
  const root = document.getElementById('root')
  if (!root) throw new Error('The page has no root.')
  createRoot(root).render(
    <StrictMode>
      <QueryClientProvider client={cache}>
        <Console />
      </QueryClientProvider>
    </StrictMode>,
  )
}

applyTheme()
// Not awaited: a module that waits would be packed with all that it shares with others.
void beginLanguage().then(show)
