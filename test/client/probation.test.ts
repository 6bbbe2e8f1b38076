/** With mediasoup-client itself, and the handler that it tests itself with in place of a browser's. */
import { Device, type types } from 'mediasoup-client'
import * as parameters from 'mediasoup-client/fakeParameters'
import { FakeHandler } from 'mediasoup-client/handlers/FakeHandler'
import { generateProbatorRtpParameters } from 'mediasoup-client/ortc'
import t from 'tap'
import { probingAtOnce } from '../../client/probation.ts'

type Wanted = readonly types.HandlerReceiveOptions[]

/** A transport to receive with, and what its handler was asked for, a list for each round. */
async function receiving(): Promise<{ transport: types.Transport; rounds: Wanted[] }> {
  const rounds: Wanted[] = []
  const factory = FakeHandler.createFactory({
    generateNativeRtpCapabilities: parameters.generateNativeRtpCapabilities,
    generateNativeSctpCapabilities: () => ({ numStreams: { OS: 16, MIS: 16 } }),
    generateLocalDtlsParameters: parameters.generateLocalDtlsParameters,
  } as never)
  const handlerFactory: types.HandlerFactory = {
    ...factory,
    factory(options) {
      const handler = factory.factory(options)
      const receive = handler.receive.bind(handler)
      handler.receive = (wanted) => {
        rounds.push(wanted)
        return receive(wanted)
      }
      return probingAtOnce(handler)
    },
  }
  const device = new Device({ handlerFactory })
  await device.load({ routerRtpCapabilities: parameters.generateRouterRtpCapabilities() })
  const transport = device.createRecvTransport(parameters.generateTransportRemoteParameters())
  transport.on('connect', (_, done) => done())
  return { transport, rounds }
}

const consume = (transport: types.Transport, codecMimeType: string) =>
  transport.consume(parameters.generateConsumerRemoteParameters({ codecMimeType }) as never)

t.test('sound, a picture and the padding that probes the line are negotiated in one round', async (t) => {
  const { transport, rounds } = await receiving()
  const [sound, picture] = await Promise.all([consume(transport, 'audio/opus'), consume(transport, 'video/VP8')])
  t.same(
    rounds.map((wanted) => wanted.map(({ trackId }) => trackId)),
    [[sound.id, picture.id, 'probator']],
  )
  t.same(rounds[0]?.[2]?.rtpParameters, generateProbatorRtpParameters(picture.rtpParameters))
  const later = await consume(transport, 'video/VP8')
  t.same(
    rounds[1]?.map(({ trackId }) => trackId),
    [later.id],
    'once for a transport',
  )
})

t.test('sound alone needs no padding', async (t) => {
  const { transport, rounds } = await receiving()
  const sound = await consume(transport, 'audio/opus')
  t.same(
    rounds.map((wanted) => wanted.map(({ trackId }) => trackId)),
    [[sound.id]],
  )
  await consume(transport, 'video/VP8')
  t.equal(rounds[1]?.at(-1)?.trackId, 'probator', 'it comes with the first picture')
})

t.test('a picture that cannot be negotiated leaves the padding to the next one', async (t) => {
  let fails = true
  const asked: string[][] = []
  const handler = probingAtOnce({
    receive: async (wanted: Wanted) => {
      asked.push(wanted.map(({ trackId }) => trackId))
      if (fails) throw new Error('not now')
      return wanted.map(({ trackId }) => ({ localId: trackId }))
    },
  } as never)
  const rtpParameters = parameters.generateConsumerRemoteParameters({ codecMimeType: 'video/VP8' }).rtpParameters
  const picture = (trackId: string) => [{ trackId, kind: 'video', rtpParameters }] as never
  await t.rejects(handler.receive(picture('one')), { message: 'not now' })
  fails = false
  t.same(await handler.receive(picture('two')), [{ localId: 'two' }])
  t.same(asked, [
    ['one', 'probator'],
    ['two', 'probator'],
  ])
  t.same(await handler.receive(picture('probator')), [{ localId: 'probator' }], 'it is there already')
})
