/** Canned replies of advisors and of their teams. Who may use and change them is decided by whoever calls. */
import { VisavisError } from '../protocol/index.ts'
import { maxReplies } from '../protocol/reply.ts'
import { outageAware } from '../store/errors.ts'
import { fenceKey } from '../store/fence.ts'
import type { RedisClient } from '../store/redis.ts'
import { replyKeys, topicOf } from './keys.ts'
import { checkVariables, type Draft, type Owner, type Reply } from './reply.ts'
import * as scripts from './scripts.ts'

export type { Draft, Owner, Reply } from './reply.ts'

/** A page goes out as one frame: this much at a time, and one reply more, keeps clear of what may wait for a client. */
const pageBytes = 32 * 1_024

export class Replies {
  readonly #client: RedisClient

  constructor({ client }: { client: RedisClient }) {
    this.#client = client
  }

  /** A page in the order of the ids. @param after what `next` of the page before said. */
  async list(owner: Owner, after = ''): Promise<scripts.Page> {
    return scripts.page(this.#client, [replyKeys(owner).replies], [after, pageBytes])
  }

  async get(owner: Owner, id: string): Promise<Reply | undefined> {
    const json = await outageAware(this.#client.hget(replyKeys(owner).replies, id))
    return json === null ? undefined : (JSON.parse(json) as Reply)
  }

  /**
   * Stores a reply, new or changed; the same content again changes nothing.
   * @throws VisavisError BAD_REQUEST for an unknown variable; CONFLICT when it was changed or removed since it was read
   * (`details.reply` is the newest), is of another author than assumed, or would be one too many.
   */
  async put(owner: Owner, draft: Draft): Promise<{ reply: Reply; changed: boolean }> {
    const { id, title, text, author, updatedBy, updatedAt } = draft
    checkVariables(text)
    const { replies, log, nudge } = replyKeys(owner)
    const outcome = await scripts.put(
      this.#client,
      [replies, log, nudge, fenceKey(owner.region)],
      [
        JSON.stringify({ id, scope: owner.scope, title, text, author, updatedBy }),
        updatedAt ?? '',
        maxReplies,
        topicOf(owner),
      ],
    )
    if (outcome.is === 'erased') throw new VisavisError('GONE', 'the author was erased')
    if (outcome.is === 'changed') throw changed(id, outcome.reply)
    if (outcome.is === 'tooMany') {
      throw new VisavisError('CONFLICT', `there are at most ${maxReplies} replies`, { details: { most: maxReplies } })
    }
    return { reply: outcome.reply, changed: outcome.is === 'stored' }
  }

  /** How many an owner has. */
  async count(owner: Owner): Promise<number> {
    return outageAware(this.#client.hlen(replyKeys(owner).replies))
  }

  /** All of an owner's go, for good; nobody is told. Repeating is harmless. @returns how many went. */
  async forget(owner: Owner): Promise<number> {
    const count = await this.count(owner)
    await outageAware(this.#client.unlink(replyKeys(owner).replies))
    return count
  }

  /**
   * Removes the version that was read. @returns whether it was there.
   * @throws VisavisError CONFLICT when it was changed since; `details.reply` is the newest.
   */
  async remove(owner: Owner, { id, author, updatedAt }: Pick<Reply, 'id' | 'author' | 'updatedAt'>): Promise<boolean> {
    const { replies, log, nudge } = replyKeys(owner)
    const outcome = await scripts.remove(this.#client, [replies, log, nudge], [id, updatedAt, author, topicOf(owner)])
    if (outcome.is === 'changed') throw changed(id, outcome.reply)
    return outcome.is === 'removed'
  }
}

const changed = (id: string, reply: Reply | undefined) =>
  new VisavisError('CONFLICT', `reply ${id} was ${reply === undefined ? 'removed' : 'changed'} since it was read`, {
    details: reply === undefined ? {} : { reply },
  })
