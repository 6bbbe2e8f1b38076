/** The truth of a test: conversations in memory, with numbered changes as the chat has them. */
import type { Position } from '../../src/protocol/index.ts'
import type { Changes, Source, SourceMessage } from '../../src/search/search.ts'

interface Conversation {
  epoch: string
  /** Numbers the messages. */
  last: number
  /** Numbers the changes. */
  changes: number
  readonly messages: Map<number, SourceMessage & { changedAt: number }>
}

export class MemorySource implements Source {
  readonly conversations = new Map<string, Conversation>()
  /** Told of every change. */
  onChanged: (channel: string) => void = () => {}
  /** Called before anything is told; may throw or wait. */
  onAsked: (channel: string) => void | Promise<void> = () => {}
  #epochs = 0

  say(channel: string, text: string, { at = Date.now(), from = 'advisor-anne' } = {}): number {
    const conversation = this.#conversation(channel)
    conversation.last += 1
    this.#set(channel, conversation, { offset: conversation.last, at, from, text })
    return conversation.last
  }

  /** '' deletes. */
  edit(channel: string, offset: number, text: string): void {
    const conversation = this.#conversation(channel)
    const message = conversation.messages.get(offset)
    if (message !== undefined) this.#set(channel, conversation, { ...message, text })
  }

  erase(channel: string): void {
    this.conversations.delete(channel)
    this.onChanged(channel)
  }

  async *channels() {
    for (const [channel] of this.conversations) {
      await this.onAsked(channel)
      yield { channel, position: this.#position(channel) }
    }
  }

  async changesSince(channel: string, position: Position | undefined, limit: number): Promise<Changes> {
    await this.onAsked(channel)
    const conversation = this.conversations.get(channel)
    if (conversation === undefined || (position !== undefined && position.epoch !== conversation.epoch)) {
      return { messages: [], position: this.#position(channel), more: false }
    }
    const after = position?.offset ?? 0
    const changed = [...conversation.messages.values()]
      .filter(({ changedAt }) => changedAt > after)
      .sort((a, b) => a.changedAt - b.changedAt)
    const page = changed.slice(0, limit)
    const more = changed.length > page.length
    const offset = more ? (page.at(-1)?.changedAt ?? 0) : conversation.changes
    return {
      messages: page.map(({ changedAt: _, ...message }) => message),
      position: { epoch: conversation.epoch, offset },
      more,
    }
  }

  #position(channel: string): Position {
    const conversation = this.conversations.get(channel)
    return conversation === undefined
      ? { epoch: '', offset: 0 }
      : { epoch: conversation.epoch, offset: conversation.changes }
  }

  #conversation(channel: string): Conversation {
    const known = this.conversations.get(channel)
    if (known !== undefined) return known
    this.#epochs += 1
    const made = { epoch: `e${this.#epochs}`, last: 0, changes: 0, messages: new Map() }
    this.conversations.set(channel, made)
    return made
  }

  #set(channel: string, conversation: Conversation, message: SourceMessage): void {
    conversation.changes += 1
    conversation.messages.set(message.offset, { ...message, changedAt: conversation.changes })
    this.onChanged(channel)
  }
}
