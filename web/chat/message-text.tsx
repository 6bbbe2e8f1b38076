import { partsOf } from './links.ts'

/** The text as its author wrote it: text nodes and links only, in the direction of its own language. */
export const MessageText = ({ text }: { text: string }) => (
  <p class="message__text" dir="auto">
    {partsOf(text).map(({ text: part, href }, index) => {
      if (href === undefined) return part
      // A mail program opens beside the page anyway.
      const target = href.startsWith('mailto:') ? undefined : '_blank'
      return (
        // Isolated, so that no mark around it can turn an address into what looks like another.
        <a key={index} dir="ltr" class="message__link" href={href} target={target} rel="noopener noreferrer">
          {part}
        </a>
      )
    })}
  </p>
)
