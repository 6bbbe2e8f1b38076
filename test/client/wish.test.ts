import fc from 'fast-check'
import t from 'tap'
import { layersOf, spatialLayerOf, wishOf } from '../../client/wish.ts'

t.test('the layer follows the size at which a picture is shown', async (t) => {
  const table: [width: number, pixelRatio: number, layer: number][] = [
    [80, 1, 0],
    [320, 1, 0],
    [400, 1, 0],
    [401, 1, 1],
    [800, 1, 1],
    [801, 1, 2],
    [3_000, 1, 2],
    [320, 2, 1],
    [320, 4, 1],
    [160, 2, 0],
  ]
  for (const [width, pixelRatio, layer] of table)
    t.equal(spatialLayerOf(wishOf([{ width, visible: true }], pixelRatio), 3), layer, `${width} px at ${pixelRatio}`)
})

t.test('nothing is wanted of what nobody sees, and the largest in sight counts', async (t) => {
  t.same(wishOf([], 1), { visible: false, width: 0 })
  t.same(wishOf([{ width: 900, visible: false }], 1), { visible: false, width: 0 })
  t.same(
    wishOf(
      [
        { width: 900, visible: false },
        { width: 200, visible: true },
      ],
      1,
    ),
    { visible: true, width: 320 },
  )
})

t.test('a larger picture never gets a smaller layer, and every layer is one that is sent', async () => {
  const width = fc.double({ min: 0.1, max: 8_000, noNaN: true })
  fc.assert(
    fc.property(width, width, fc.integer({ min: 1, max: 3 }), (a, b, layers) => {
      const [small, large] = [Math.min(a, b), Math.max(a, b)].map((each) =>
        spatialLayerOf(wishOf([{ width: each, visible: true }], 1), layers),
      )
      return small !== undefined && large !== undefined && small <= large && large < layers && small >= 0
    }),
  )
})

t.test('the number of layers is read from the scalability mode', async (t) => {
  for (const [mode, layers] of [
    ['S3T3', 3],
    ['S2T3', 2],
    ['L1T3', 1],
    [undefined, 1],
    ['?', 1],
  ] as const)
    t.equal(layersOf(mode), layers)
})
