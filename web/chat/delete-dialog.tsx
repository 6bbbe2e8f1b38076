/** Asks before the words and files of an own message are taken away. */
import type { Channel, Message } from '../../client/index.ts'
import { t } from '../language/language.ts'
import { Confirm } from '../page/dialog.tsx'
import { useAct } from '../page/use-act.ts'

export interface DeleteDialogProps {
  readonly channel: Channel
  readonly message: Message
  /** @param done whether the message is gone. */
  readonly onClose: (done: boolean) => void
}

export const DeleteDialog = ({ channel, message, onClose }: DeleteDialogProps) => {
  const { busy, problem, run } = useAct()
  const remove = async () => {
    if (await run(() => channel.delete(message.offset))) onClose(true)
  }
  return (
    <Confirm
      title={t('removeHeading')}
      text={t('removeText')}
      action={t('remove')}
      busy={busy}
      problem={problem}
      onConfirm={() => void remove()}
      onClose={() => onClose(false)}
    />
  )
}
