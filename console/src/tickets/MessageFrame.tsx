import { useEffect, useRef, useState } from 'react'
import { Button } from 'react-aria-components'
import { useWords } from '../i18n/words.ts'

/** The tallest that a message is before it scrolls by itself. */
const TALLEST = 2_400

/**
 * HTML of a message, in a frame where nothing runs and nothing leaves: the frame's own page has a policy by which pictures
 * of other hosts are not loaded, until somebody asks for the page that allows them.
 */
export function MessageFrame({ html, label }: { readonly html: string; readonly label: string }) {
  const words = useWords()
  const frame = useRef<HTMLIFrameElement>(null)
  const [withPictures, setWithPictures] = useState(false)
  const [height, setHeight] = useState(60)
  const hasRemote = /<img[^>]+src="https?:/i.test(html)

  useEffect(() => {
    const element = frame.current
    if (!element) return
    let observer: ResizeObserver | undefined
    const fill = (): void => {
      const page = element.contentDocument
      if (!page?.body || page.URL === 'about:blank') return
      page.body.innerHTML = html
      for (const link of page.links) {
        link.target = '_blank'
        link.rel = 'noreferrer noopener'
      }
      observer = new ResizeObserver(() => setHeight(Math.min(TALLEST, page.documentElement.scrollHeight)))
      observer.observe(page.body)
    }
    element.addEventListener('load', fill)
    fill()
    return () => {
      element.removeEventListener('load', fill)
      observer?.disconnect()
    }
  }, [html])

  return (
    <>
      {hasRemote && !withPictures && (
        <Button className="button small" onPress={() => setWithPictures(true)}>
          {words.ticket.pictures}
        </Button>
      )}
      <iframe
        ref={frame}
        title={label}
        className="message-frame"
        sandbox="allow-same-origin allow-popups allow-popups-to-escape-sandbox"
        src={withPictures ? '/message-frame/pictures' : '/message-frame'}
        style={{ height }}
      />
    </>
  )
}
