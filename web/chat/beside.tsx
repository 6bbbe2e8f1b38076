/** Which panel lies beside the messages. */
import type { ChannelSummary, Message, SearchHit, Visavis } from '../../client/index.ts'
import { t } from '../language/language.ts'
import { Words } from '../language/words.tsx'
import { LockIcon } from '../page/icons.tsx'
import { lazily } from '../page/lazily.tsx'
import { Drawer } from './drawer.tsx'
import { PinnedList } from './pinned-list.tsx'
import type { Tool } from './tool-bar.tsx'
import type { Members } from './use-members.ts'
import type { Pinned } from './use-pinned.ts'

const SearchPanel = lazily(async () => (await import('../search/panel.tsx')).SearchPanel)
const NotesPanel = lazily(async () => (await import('../notes/panel.tsx')).NotesPanel)

export interface BesideProps {
  readonly tool: Tool
  readonly visavis: Visavis
  readonly summary: ChannelSummary
  readonly members: Members
  readonly advisor: boolean
  readonly pinned: Pinned
  readonly nameOf: (message: Message) => string
  readonly onJump: (offset: number) => void
  readonly onUnpin: ((message: Message) => void) | undefined
  /** The note that was found. */
  readonly note: SearchHit | undefined
  readonly onHit: (hit: SearchHit) => void
  readonly onClose: () => void
}

export const Beside = (props: BesideProps) => {
  const { tool, visavis, summary, members, advisor, pinned, nameOf, onJump, onUnpin, note, onHit, onClose } = props
  if (tool === 'pinned') {
    return (
      <Drawer title={t('pinnedMessages')} onClose={onClose}>
        <PinnedList pinned={pinned} nameOf={nameOf} onJump={onJump} onUnpin={onUnpin} />
      </Drawer>
    )
  }
  if (tool === 'notes') {
    const secret = (
      <p class="drawer__secret">
        <LockIcon />
        <span>
          <Words of="notesSecret" values={summary.jobseeker} />
        </span>
      </p>
    )
    return (
      <Drawer title={t('notes')} secret={secret} onClose={onClose}>
        <NotesPanel visavis={visavis} jobseeker={summary.jobseeker.id} nameOf={members.nameOf} found={note} />
      </Drawer>
    )
  }
  return (
    <Drawer title={t('search')} onClose={onClose}>
      <SearchPanel
        visavis={visavis}
        channel={summary.channel}
        everywhere={advisor}
        members={members.all}
        onHit={onHit}
      />
    </Drawer>
  )
}
