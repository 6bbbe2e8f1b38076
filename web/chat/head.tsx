/** The top of a conversation: with whom it is, who answers, until when, and what can be opened beside it. */
import type { ComponentChildren } from 'preact'
import type { ChannelSummary, Visavis } from '../../client/index.ts'
import { t } from '../language/language.ts'
import { Avatar } from '../page/avatar.tsx'
import { PresenceSign } from '../page/presence-sign.tsx'
import { AnswerClock } from './answer-clock.tsx'
import { otherOf } from './other-of.ts'
import { type Tool, ToolBar } from './tool-bar.tsx'
import type { Members } from './use-members.ts'
import { WhoAnswers } from './who-answers.tsx'

export interface HeadProps {
  readonly visavis: Visavis
  readonly summary: ChannelSummary
  readonly members: Members
  readonly self: string
  readonly lead: ComponentChildren
  readonly actions: ComponentChildren
  readonly tool: Tool | undefined
  readonly pinned: number
  readonly onToggle: (tool: Tool) => void
}

export const Head = (props: HeadProps) => {
  const { visavis, summary, members, self, lead, actions, tool, pinned, onToggle } = props
  const advisor = self !== summary.jobseeker.id
  const other = otherOf(summary, self)
  const role = advisor ? (summary.advisor?.id === self ? 'jobseeker' : 'jobseekerOfColleague') : 'yourAdvisor'
  return (
    <header class="head">
      <div class="panel__header">
        {lead}
        <Avatar name={other.name} tone={advisor ? 'warm' : 'accent'} />
        <div class="panel__title">
          <h2 class="ds-heading" data-size="2xs" data-nobody={other.id === ''}>
            <bdi>{other.name}</bdi>
          </h2>
          {other.id === '' ? null : (
            <p class="quiet">
              <span class="head__role">{t(role)}</span>
              <PresenceSign visavis={visavis} person={other.id} />
            </p>
          )}
        </div>
        <div class="head__actions">{actions}</div>
      </div>
      <WhoAnswers visavis={visavis} summary={summary} members={members} self={self} />
      <div class="head__row">
        <AnswerClock summary={summary} side={advisor ? 'advisor' : 'jobseeker'} now={() => visavis.now()} />
        <ToolBar open={tool} pinned={pinned} withNotes={advisor} onToggle={onToggle} />
      </div>
    </header>
  )
}
