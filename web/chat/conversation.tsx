/** One channel: its messages, where to write, and what lies beside them. */
import type { ComponentChildren } from 'preact'
import { useEffect, useRef, useState } from 'preact/hooks'
import type { ChannelSummary, Message, SearchHit, Visavis } from '../../client/index.ts'
import { save } from '../files/save.ts'
import { useFileDrop } from '../files/use-file-drop.ts'
import { sentenceOf } from '../language/failures.ts'
import { t } from '../language/language.ts'
import { announce } from '../page/announcer.tsx'
import { MoreIcon, ReadyIcon } from '../page/icons.tsx'
import { lazily } from '../page/lazily.tsx'
import { Menu, type MenuItem } from '../page/menu.tsx'
import { useChanges } from '../page/use-changes.ts'
import { authorsOf } from './author-of.ts'
import { Beside } from './beside.tsx'
import { Composer } from './composer.tsx'
import { DeleteDialog } from './delete-dialog.tsx'
import { glimpse } from './glimpse.ts'
import { Head } from './head.tsx'
import type { MessageActs } from './message-menu.tsx'
import { Messages } from './messages.tsx'
import { otherOf } from './other-of.ts'
import type { Tool } from './tool-bar.tsx'
import { useJump } from './use-jump.ts'
import { useLeaving } from './use-leaving.ts'
import { useMembers } from './use-members.ts'
import { usePinned } from './use-pinned.ts'
import { useReading } from './use-reading.ts'
import { useUnread } from './use-unread.ts'
import { useWriting } from './use-writing.ts'
import { VersionsDialog } from './versions-dialog.tsx'

const Picker = lazily(async () => (await import('../replies/picker.tsx')).Picker)

export interface ConversationProps {
  readonly visavis: Visavis
  readonly summary: ChannelSummary
  readonly self: string
  /** The page has opened it, not the person. */
  readonly opensItself?: boolean
  /** Beside the name: what else can be done with this person. */
  readonly actions?: ComponentChildren
  /** The same, for what is needed more rarely. */
  readonly menu?: readonly MenuItem[]
  /** Before the name. */
  readonly lead?: ComponentChildren
  /** What was found elsewhere, to be shown here. */
  readonly hit?: SearchHit | undefined
  /** Something was found in another conversation. */
  readonly onHit?: (hit: SearchHit) => void
  /** Of the advisor's side. */
  readonly onManageReplies?: () => void
}

export const Conversation = (props: ConversationProps) => {
  const { visavis, summary, self, opensItself = false, actions, menu, lead, hit, onHit, onManageReplies } = props
  const channel = visavis.chat.channel(summary.channel)
  const advisor = self !== summary.jobseeker.id
  const other = otherOf(summary, self)
  const scroller = useRef<HTMLElement>(null)
  const [tool, setTool] = useState<Tool>()
  const [note, setNote] = useState<SearchHit>()
  const [picking, setPicking] = useState<'by-key' | 'by-button'>()
  const [deleting, setDeleting] = useState<Message>()
  const [showing, setShowing] = useState<Message>()
  const [trouble, setTrouble] = useState<unknown>()
  const watching = useRef<() => boolean>(() => false)
  useChanges((change) => channel.onChange(change), channel)
  const members = useMembers(visavis, summary)
  const pinned = usePinned(visavis, summary.channel)
  const unread = useUnread({ visavis, summary, self, opensItself, watching: () => watching.current() })
  const [seenBefore] = useState(unread.at === undefined ? summary.newest : unread.at - 1)
  const reading = useReading({ scroller, channel, seenBefore, held: unread.held })
  watching.current = reading.watching
  const jump = useJump(channel, reading)
  const writing = useWriting({
    visavis,
    channel,
    advisor,
    onType: unread.release,
    onSent: () => {
      unread.clear()
      setTrouble(undefined)
      reading.toEnd()
    },
  })
  useLeaving(visavis)
  const drop = useFileDrop(writing.addFiles)
  const authorOf = authorsOf(channel.messages, members, self, other.id)
  const nameOf = (message: Message) => authorOf(message, undefined).name
  useEffect(
    () =>
      visavis.on('chat.messagePublished', ({ channel: id, message }) => {
        if (id !== summary.channel || message.from === self) return
        const said = glimpse(message)
        announce(
          message.system === undefined ? t('saidAloud', { name: members.nameOf(message.from), text: said }) : said,
        )
      }),
    [visavis, summary.channel, self, members.all],
  )
  const showHit = (found: SearchHit) => {
    if (found.channel !== summary.channel) return
    if (found.space === 'channel') return jumpTo(found.offset)
    // The same one chosen again leads there again.
    setNote({ ...found })
    setTool('notes')
  }
  useEffect(() => {
    if (hit !== undefined && channel.loaded) showHit(hit)
  }, [hit, channel.loaded])

  /** Where a panel lies over the messages it makes room. */
  const jumpTo = (offset: number) => {
    const { current } = scroller
    if (current !== null && getComputedStyle(current).visibility === 'hidden') setTool(undefined)
    jump.to(offset)
  }
  const closeTool = () => {
    document.getElementById(`tool-${tool}`)?.focus()
    setTool(undefined)
  }
  const attempt = (work: Promise<unknown>, done: string) => {
    setTrouble(undefined)
    work.then(() => announce(done), setTrouble)
  }
  const pin = (message: Message) =>
    attempt(
      channel.pin(message.offset, message.pinned !== true),
      t(message.pinned === true ? 'pinnedNoMore' : 'pinnedNow'),
    )
  const acts: MessageActs = {
    reply: writing.reply,
    edit: writing.beginEdit,
    remove: setDeleting,
    copy: ({ text }) => attempt(navigator.clipboard.writeText(text), t('copied')),
    markUnread: ({ offset }) => {
      unread.mark(offset)
      attempt(channel.markUnread(offset), t('markedUnread'))
    },
    pin: advisor ? pin : undefined,
    history: advisor ? setShowing : undefined,
  }
  /** It is saved, never shown: the browser stays where it is. */
  const open = ({ id }: { readonly id: string }) => {
    setTrouble(undefined)
    visavis.attachments.link(channel.id, id).then(({ url }) => save(url), setTrouble)
  }
  const said = writing.trouble ?? (trouble === undefined ? undefined : t(sentenceOf(trouble)))
  return (
    <section
      class="ds-card panel conversation"
      data-color="neutral"
      data-tool={tool}
      aria-label={t('conversation', other)}
      {...drop.handlers}
    >
      <Head
        visavis={visavis}
        summary={summary}
        members={members}
        self={self}
        lead={lead}
        tool={tool}
        pinned={pinned.messages?.length ?? 0}
        onToggle={(chosen) => {
          setNote(undefined)
          if (chosen === tool) closeTool()
          else setTool(chosen)
        }}
        actions={
          <>
            {actions}
            {menu === undefined || menu.length === 0 ? null : (
              <Menu class="tool" label={t('moreWith', other)} icon={<MoreIcon />} items={() => menu} />
            )}
          </>
        }
      />
      <div class="conversation__main">
        <Messages
          visavis={visavis}
          channel={channel}
          summary={summary}
          members={members}
          self={self}
          scroller={scroller}
          reading={reading}
          jump={jump}
          unread={unread}
          acts={acts}
          authorOf={authorOf}
          onOpen={open}
          onJump={jumpTo}
        />
        {tool === undefined ? null : (
          <Beside
            tool={tool}
            visavis={visavis}
            summary={summary}
            members={members}
            advisor={advisor}
            pinned={pinned}
            nameOf={nameOf}
            onJump={jumpTo}
            onUnpin={advisor ? pin : undefined}
            note={note}
            onHit={(found) => (found.channel === summary.channel ? showHit(found) : onHit?.(found))}
            onClose={closeTool}
          />
        )}
        {drop.dropping ? <p class="conversation__drop">{t('dropHere')}</p> : null}
      </div>
      {said === undefined ? null : (
        <p class="conversation__trouble problem" role="alert">
          {said}
        </p>
      )}
      {picking === undefined ? null : (
        <Picker
          visavis={visavis}
          jobseeker={summary.jobseeker}
          onChoose={({ text, places }) => {
            setPicking(undefined)
            writing.insert(text, places[0])
          }}
          onClose={() => {
            setPicking(undefined)
            writing.field.current?.focus()
          }}
          onEscape={() => {
            setPicking(undefined)
            // Whoever wanted no reply wanted the character.
            writing.insert(picking === 'by-key' ? '/' : '')
          }}
          onManage={onManageReplies}
        />
      )}
      <Composer
        key={summary.channel}
        to={other.name}
        draft={writing.draft}
        field={writing.field}
        self={self}
        nameOf={nameOf}
        hindrance={writing.hindrance}
        edit={writing.edit}
        onSend={writing.send}
        onType={writing.type}
        onFiles={writing.addFiles}
        onLeaveEdit={writing.leaveEdit}
        onKey={(event) => {
          if (!advisor || event.key !== '/' || !atLineStart(writing.field.current)) return false
          event.preventDefault()
          setPicking('by-key')
          return true
        }}
        tools={
          advisor ? (
            <button
              type="button"
              class="ds-button tool"
              data-variant="tertiary"
              data-color="neutral"
              data-icon
              title={t('replies')}
              aria-expanded={picking !== undefined}
              onClick={() => setPicking((before) => (before === undefined ? 'by-button' : undefined))}
            >
              <ReadyIcon />
              <span class="ds-sr-only">{t('replies')}</span>
            </button>
          ) : null
        }
      />
      {deleting === undefined ? null : (
        <DeleteDialog
          channel={channel}
          message={deleting}
          onClose={(done) => {
            setDeleting(undefined)
            if (!done) return
            announce(t('removed'))
            requestAnimationFrame(() => document.getElementById(`message-${deleting.offset}`)?.focus())
          }}
        />
      )}
      {showing === undefined ? null : (
        <VersionsDialog channel={channel} message={showing} onClose={() => setShowing(undefined)} />
      )}
    </section>
  )
}

const atLineStart = (field: HTMLTextAreaElement | null): boolean =>
  field !== null && (field.selectionStart === 0 || field.value[field.selectionStart - 1] === '\n')
