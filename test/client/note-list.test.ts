import fc from 'fast-check'
import t from 'tap'
import {
  type NoteList,
  type NotePage,
  noNotes,
  shownOf,
  withNote,
  withoutNote,
  withPage,
} from '../../client/note-list.ts'
import type { Note } from '../../src/protocol/index.ts'

const noteAt = (at: number, editedAt?: number): Note => ({
  id: `note-${at}`,
  jobseeker: 'jobseeker-1',
  text: `${editedAt ?? at}`,
  by: 'anne',
  at,
  ...(editedAt === undefined ? {} : { editedAt, editedBy: 'bruno' }),
})
const atsOf = (list: NoteList) => shownOf(list).map(({ at }) => at)

t.test('before the first page nothing is shown; then everything down to its oldest note, newest first', async (t) => {
  const early = withNote(noNotes, noteAt(9))
  t.same(atsOf(early), [])
  const list = withPage(early, { notes: [noteAt(8), noteAt(7)], more: true })
  t.same(atsOf(list), [9, 8, 7])
  t.equal(list.since, 7)
  const whole = withPage(list, { notes: [noteAt(3)], more: false })
  t.same([atsOf(whole), whole.since], [[9, 8, 7, 3], 0])
  t.same(withPage(noNotes, { notes: [], more: false }).since, 0, 'there are none')
})

t.test('an older note that is edited is not shown beyond a gap, and not overtaken by a page', async (t) => {
  const list = withPage(noNotes, { notes: [noteAt(8)], more: true })
  const edited = withNote(list, noteAt(5, 20))
  t.same(atsOf(edited), [8])
  const whole = withPage(edited, { notes: [noteAt(7), noteAt(5)], more: false })
  t.same(
    shownOf(whole).map(({ text }) => text),
    ['8', '7', '20'],
  )
})

t.test(
  'whatever the order, repetition and lateness of pages and events, what is shown has no gap and is the newest',
  async (t) => {
    /** A history: notes 1 … n are made, some edited, some removed; each state of it may become known at any time later. */
    const step = fc.oneof(
      fc.constant({ do: 'make' as const }),
      fc.record({ do: fc.constantFrom('edit' as const, 'remove' as const), which: fc.nat(20) }),
      fc.record({ do: fc.constantFrom('hear' as const, 'page' as const), late: fc.nat(3) }),
    )
    fc.assert(
      fc.property(fc.array(step, { maxLength: 60 }), (steps) => {
        let clock = 0
        let server: readonly Note[] = []
        const states: (readonly Note[])[] = []
        const news: ((list: NoteList) => NoteList)[] = []
        let list = noNotes
        for (const act of steps) {
          clock += 1
          if (act.do === 'make') {
            const note = noteAt(clock)
            server = [note, ...server]
            news.push((known) => withNote(known, note))
          } else if ('which' in act) {
            const note = server[act.which % Math.max(1, server.length)]
            if (note === undefined) continue
            const edited = noteAt(note.at, clock)
            server =
              act.do === 'edit'
                ? server.map((one) => (one === note ? edited : one))
                : server.filter((one) => one !== note)
            news.push((known) => (act.do === 'edit' ? withNote(known, edited) : withoutNote(known, note.id)))
          } else if (act.do === 'hear') {
            const heard = news.at(-1 - act.late)
            if (heard !== undefined) list = heard(list)
          } else {
            const state = states.at(-1 - act.late) ?? server
            list = withPage(list, pageOf(state, list.since))
          }
          states.push(server)
        }
        // At the end everything is heard, in any order, and every page read.
        for (const heard of news.toReversed()) list = heard(list)
        while (list.since > 0) list = withPage(list, pageOf(server, list.since))
        return JSON.stringify(shownOf(list)) === JSON.stringify(server)
      }),
      { numRuns: 2_000 },
    )
    t.pass('2,000 histories')
  },
)

function pageOf(server: readonly Note[], before: number): NotePage {
  const older = server.filter(({ at }) => at < before)
  return { notes: older.slice(0, 3), more: older.length > 3 }
}
