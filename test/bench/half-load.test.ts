/** Which load takes half a core. */
import fc from 'fast-check'
import t from 'tap'
import { roomsAt } from '../../bench/half-load.ts'

t.test('it lies between the loads that were measured, on a straight line', async (t) => {
  const measured = [
    { rooms: 30, cores: 0.4 },
    { rooms: 60, cores: 0.7 },
    { rooms: 100, cores: 0.95 },
  ]
  t.equal(roomsAt(0.5, measured), 40)
  t.equal(roomsAt(0.2, measured), 15, 'no rooms take nothing')
  t.equal(roomsAt(1.9, measured), 200)
  t.equal(roomsAt(0.0001, measured), 1)
})

t.test('loads that were measured more than once count with their mean', async (t) => {
  const measured = [
    { rooms: 40, cores: 0.3 },
    { rooms: 40, cores: 0.5 },
    { rooms: 80, cores: 0.8 },
  ]
  t.equal(roomsAt(0.4, measured), 40)
  t.equal(roomsAt(0.6, measured), 60)
})

t.test('a measurement that took less than a smaller one does not lead astray', async (t) => {
  const point = fc.record({
    rooms: fc.integer({ min: 1, max: 200 }),
    cores: fc.double({ min: 0.01, max: 2, noNaN: true }),
  })
  fc.assert(
    fc.property(
      fc.array(point, { minLength: 1, maxLength: 8 }),
      fc.double({ min: 0.01, max: 2, noNaN: true }),
      (measured, cores) => {
        const rooms = roomsAt(cores, measured)
        const most = Math.max(...measured.map((each) => each.rooms))
        t.ok(Number.isInteger(rooms) && rooms >= 1)
        if (measured.some((each) => each.cores >= cores)) t.ok(rooms <= most, `${rooms} rooms`)
      },
    ),
  )
})

t.test('nothing measured', async (t) => {
  t.throws(() => roomsAt(0.5, []), RangeError)
})
