import { partsOf } from './links.ts'

/** The text as its author wrote it: text nodes and links only, in the direction of its own language. */
export const MessageText = ({ text }: { text: string }) => (
  <p class="message__text" dir="auto">
    {partsOf(text).map(({ text: part, href }) =>
      href === undefined ? (
        part
      ) : (
        <a key={href} class="message__link" href={href} target="_blank" rel="noopener noreferrer">
          {part}
        </a>
      ),
    )}
  </p>
)
