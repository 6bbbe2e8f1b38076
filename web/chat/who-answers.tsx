/** Who answers here besides the advisor, or in whose place this person does. */
import type { ChannelSummary } from '../../client/index.ts'
import { Words } from '../language/words.tsx'
import type { Members } from './use-members.ts'

export interface WhoAnswersProps {
  readonly summary: ChannelSummary
  readonly members: Members
  readonly self: string
}

export const WhoAnswers = ({ summary, members, self }: WhoAnswersProps) => {
  const { advisor, jobseeker } = summary
  if (self !== jobseeker.id && self !== advisor.id) {
    return (
      <p class="who-answers">
        <Words of="youStandIn" values={{ advisor: advisor.name }} />
      </p>
    )
  }
  const covers = members.covers.filter(({ id }) => id !== self)
  if (covers.length === 0) return null
  const names = covers.map(({ name }) => name).join(', ')
  return (
    <p class="who-answers">
      <Words
        of={self === advisor.id ? 'coverForYou' : 'coverAnswers'}
        values={{ cover: names, advisor: advisor.name }}
      />
    </p>
  )
}
