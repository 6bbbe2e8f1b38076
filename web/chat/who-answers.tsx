/** Who answers here besides the advisor, or in whose place this person does; or that nobody can at the moment. */
import type { ChannelSummary, Visavis } from '../../client/index.ts'
import { t } from '../language/language.ts'
import { Words } from '../language/words.tsx'
import { useAnswered } from './use-answered.ts'
import type { Members } from './use-members.ts'

export interface WhoAnswersProps {
  readonly visavis: Visavis
  readonly summary: ChannelSummary
  readonly members: Members
  readonly self: string
}

export const WhoAnswers = ({ visavis, summary, members, self }: WhoAnswersProps) => {
  const { advisor, jobseeker } = summary
  const answered = useAnswered(visavis, self === jobseeker.id)
  if (advisor === undefined || !answered) return <p class="who-answers">{t('answersNobody')}</p>
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
