/** With whom somebody talks here: an advisor with the jobseeker, a jobseeker with their advisor, or whoever will be it. */
import type { ChannelSummary } from '../../client/index.ts'
import { t } from '../language/language.ts'

/** The id is empty where it is nobody yet. */
export type Other = { readonly id: string; readonly name: string }

export const otherOf = ({ jobseeker, advisor }: ChannelSummary, self: string): Other =>
  self === jobseeker.id ? (advisor ?? { id: '', name: t('yourTeam') }) : jobseeker
