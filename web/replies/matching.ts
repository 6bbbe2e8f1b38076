/** *Pure.* Which canned replies somebody means who types a few letters: case and accents do not matter. */
import type { Reply } from '../../client/index.ts'

const folded = (text: string): string => text.normalize('NFD').replace(/\p{M}/gu, '').toLocaleLowerCase()

/** Every word of the filter is in the title or the text; those with all of them in the title come first. */
export function matching<R extends Pick<Reply, 'title' | 'text'>>(replies: readonly R[], filter: string): readonly R[] {
  const words = folded(filter).split(/\s+/).filter(Boolean)
  const has = (text: string) => words.every((word) => folded(text).includes(word))
  const byTitle = replies.filter(({ title }) => has(title))
  return [...byTitle, ...replies.filter((reply) => !byTitle.includes(reply) && has(`${reply.title} ${reply.text}`))]
}
