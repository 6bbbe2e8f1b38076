import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import t from 'tap'
import { postJson } from '../../bench/socket.ts'

t.test('what a node asks to try again is put again; nothing else is sent twice', async (t) => {
  let asked = 0
  const server = createServer((_, response) => {
    asked += 1
    response.statusCode = asked < 3 ? 503 : asked < 4 ? 200 : 409
    response.end('{"done":true}')
  }).listen(0)
  t.teardown(() => server.close())
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}/`
  t.same(await postJson(url, {}, 'PUT'), { done: true })
  t.equal(asked, 3)
  await t.rejects(postJson(url, {}, 'PUT'), /PUT .*: 409 /)
  t.equal(asked, 4, 'a refusal is one')
  asked = 0
  await t.rejects(postJson(url, {}), /POST .*: 503 /)
  t.equal(asked, 1)
})
