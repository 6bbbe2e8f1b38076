/** What can be done with one message. */
import type { Message } from '../../client/index.ts'
import { t } from '../language/language.ts'
import {
  CopyIcon,
  EditIcon,
  HistoryIcon,
  MoreIcon,
  PinIcon,
  RemoveIcon,
  ReplyIcon,
  UnreadIcon,
} from '../page/icons.tsx'
import { Menu, type MenuItem } from '../page/menu.tsx'
import { mayStillEdit } from '../page/settings.ts'

/** Everything a person can do with messages. */
export interface MessageActs {
  readonly reply: (message: Message) => void
  readonly edit: (message: Message) => void
  readonly remove: (message: Message) => void
  readonly copy: (message: Message) => void
  readonly markUnread: (message: Message) => void
  /** Of the advisor's side. */
  readonly pin: ((message: Message) => void) | undefined
  readonly history: ((message: Message) => void) | undefined
}

export interface MessageMenuProps {
  readonly message: Message
  readonly own: boolean
  readonly label: string
  readonly acts: MessageActs
  readonly now: () => number
  readonly tabIndex: number
}

export const MessageMenu = ({ message, own, label, acts, now, tabIndex }: MessageMenuProps) => (
  <Menu
    class="message__more"
    label={label}
    icon={<MoreIcon />}
    tabIndex={tabIndex}
    items={() => itemsOf(message, acts, own, now())}
  />
)

function itemsOf(message: Message, acts: MessageActs, own: boolean, now: number): readonly MenuItem[] {
  const hasText = message.text !== ''
  const offered: readonly (MenuItem | false | undefined)[] = [
    { label: t('reply'), icon: <ReplyIcon />, onChoose: () => acts.reply(message) },
    own &&
      hasText &&
      mayStillEdit(message.at, now) && {
        label: t('edit'),
        icon: <EditIcon />,
        onChoose: () => acts.edit(message),
      },
    hasText && { label: t('copy'), icon: <CopyIcon />, onChoose: () => acts.copy(message) },
    acts.pin && {
      label: t(message.pinned === true ? 'unpin' : 'pin'),
      icon: <PinIcon />,
      onChoose: () => acts.pin?.(message),
    },
    message.editedAt !== undefined &&
      acts.history && { label: t('versions'), icon: <HistoryIcon />, onChoose: () => acts.history?.(message) },
    { label: t('markUnread'), icon: <UnreadIcon />, onChoose: () => acts.markUnread(message) },
    own && { label: t('remove'), icon: <RemoveIcon />, danger: true, onChoose: () => acts.remove(message) },
  ]
  return offered.filter((item) => item !== false && item !== undefined)
}
