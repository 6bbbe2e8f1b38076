/** Twin of chat-model.test.ts: what the model must find is found, each alone, and nothing else is complained of. */
import t from 'tap'
import type { Message } from '../../src/protocol/index.ts'
import { type Act, type Change, type Mark, Model, type Send, unreadOf } from './chat-model/model.ts'
import type { Truth } from './chat-model/truth.ts'

const jeanne = 'jobseeker-1'
const anne = 'advisor-anne'

function world() {
  const model = new Model(jeanne, anne)
  const act = (by: string): Act => ({ by, begun: model.next(), ended: model.next(), answer: 'ok' })
  const send = (by: string, text: string, more: Partial<Send> = {}): Send => {
    const sent = { ...act(by), text, replyTo: undefined, ...more }
    model.sends.push(sent)
    return sent
  }
  const first = send(jeanne, 'one', { key: 'k1', offset: 1 })
  const second = send(anne, 'two', { key: 'k2', offset: 2, replyTo: 1 })
  const third = send(jeanne, 'three', { key: 'k3', offset: 3 })
  send(jeanne, 'perhaps', { answer: 'UNAVAILABLE', ended: Number.POSITIVE_INFINITY })
  const change = (send: Send, change: Change['change']) => model.changes.push({ ...act(send.by), send, change })
  change(first, { is: 'edit', text: 'one, edited' })
  change(second, { is: 'pin' })
  change(third, { is: 'delete' })
  model.calm()
  const mark: Mark = { ...act(anne), is: 'unread', offset: 1 }
  model.marks.push(mark)
  const message = (offset: number, from: string, text: string, more: Partial<Message> = {}): Message => ({
    offset,
    key: `k${offset}`,
    from,
    text,
    at: offset,
    ...more,
  })
  const messages = [
    message(1, jeanne, 'one, edited', { editedAt: 4 }),
    message(2, anne, 'two', { replyTo: 1, pinned: true }),
    message(3, jeanne, '', { deletedAt: 5 }),
  ]
  const truth: Truth = {
    position: { epoch: 'e', offset: 6 },
    messages,
    markers: new Map([
      [jeanne, { read: 3, received: 3, marked: undefined }],
      [anne, { read: 2, received: 3, marked: 1 }],
    ]),
    versions: new Map([[1, ['one']]]),
    pins: [2],
  }
  const replaced = (offset: number, more: Partial<Message>): Truth => ({
    ...truth,
    messages: messages.map((each) => (each.offset === offset ? { ...each, ...more } : each)),
  })
  return { model, truth, messages, message, replaced }
}

t.test('what is as it was acknowledged is complained of by nobody', async (t) => {
  const { model, truth, messages, message } = world()
  t.same(model.violations(truth), [])
  t.same(
    model.violations({
      ...truth,
      messages: [...messages, message(4, jeanne, 'perhaps')],
      markers: new Map(truth.markers).set(jeanne, { read: 4, received: 4, marked: undefined }),
    }),
    [],
    'what was not answered may be there',
  )
  t.same(model.refusals(0), [])
  t.equal(unreadOf(truth, jeanne, anne), 2)
  t.equal(unreadOf(truth, jeanne, 'advisor-chloe'), 0, 'Anne has read it for her, but for what is deleted')
})

t.test('a lost, doubled, moved, foreign or spoilt message is found', async (t) => {
  const { model, truth, messages, message, replaced } = world()
  const finds = (spoilt: Truth, what: RegExp) => t.match(model.violations(spoilt).join('\n'), what)
  finds({ ...truth, messages: messages.slice(0, 2) }, /acknowledged and is lost/)
  finds({ ...truth, messages: [...messages, message(4, anne, 'two', { key: 'k2', replyTo: 1 })] }, /is there 2 times/)
  finds(
    { ...truth, messages: [...messages, message(4, anne, 'two', { key: 'another' })] },
    /sent by nobody, or is there once more/,
  )
  const twice = [message(4, jeanne, 'perhaps'), message(5, jeanne, 'perhaps')]
  finds({ ...truth, messages: [...messages, ...twice] }, /"perhaps" is there 2 times/)
  finds(replaced(2, { replyTo: 2 }), /stored otherwise/)
  finds(replaced(1, { text: 'one' }), /newest text|there 0 times/)
  finds({ ...truth, versions: new Map() }, /was "one, edited" at first/)
  finds(replaced(2, { pinned: false }), /is pinned: false/)
  finds({ ...truth, messages: messages.with(2, message(3, jeanne, 'three')) }, /was deleted and is there/)
  finds(replaced(3, { text: 'three' }), /deleted and is not gone/)
})

t.test('a marker that is behind, and a mark that is lost, are found', async (t) => {
  const { model, truth } = world()
  const finds = (person: string, marker: { read: number; marked: number | undefined }, what: RegExp) => {
    const markers = new Map(truth.markers).set(person, { received: 3, ...marker })
    t.match(model.violations({ ...truth, markers }).join('\n'), what)
  }
  finds(jeanne, { read: 2, marked: undefined }, /read up to 3, and 2/)
  finds(anne, { read: 2, marked: undefined }, /marked as unread from 1/)
})

t.test('a refusal without a reason is found; one of somebody whose access has ended is none', async (t) => {
  const { model } = world()
  const refused = (by: string): Send => ({
    by,
    begun: model.next(),
    ended: model.next(),
    answer: 'FORBIDDEN',
    text: '',
    replyTo: undefined,
  })
  model.sends.push(refused(anne))
  t.match(model.refusals(0), [/answered FORBIDDEN/])
  model.advisor = 'advisor-bruno'
  model.lose(anne)
  t.same(model.refusals(0), [])
})
