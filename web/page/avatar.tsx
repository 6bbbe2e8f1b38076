/** The initials of a person in a circle. Decoration: the name is always beside it. */
const initialsOf = (name: string): string => {
  const words = name.split(/\s+/).filter(Boolean)
  return [words.at(0), words.length > 1 ? words.at(-1) : undefined].map((word) => word?.[0] ?? '').join('')
}

export const Avatar = ({ name, tone = 'accent' }: { name: string; tone?: 'accent' | 'warm' }) => (
  <span class="ds-avatar avatar" data-tone={tone} data-initials={initialsOf(name)} aria-hidden="true" />
)
