import { request } from 'node:http'
import t from 'tap'
import type { Answer } from './keepers.ts'
import { red, testKeepers, wholeRegion } from './keepers.ts'

t.test('import', async (t) => {
  const { call, enrolment, url, agencyToken } = await testKeepers(t)
  const send = (csv: string | Buffer, { token = agencyToken, dryRun = false, type = 'text/csv' } = {}) =>
    call('POST', `south/people/import${dryRun ? '?dryRun=true' : ''}`, { token, type, body: csv })
  const none = { created: 0, changed: 0, unchanged: 0, error: 0 }

  t.test('people are enrolled whatever their order, and a repeat changes nothing', async (t) => {
    const csv =
      '\ufeffid;role;name;team;advisor;disabled\r\nj1;jobseeker;"Le ""Goff""; Zoé";;a1;\r\n\r\na1;advisor;Anne;rouge;;false\r\nj2;jobseeker;Bo;;a1;1'
    const rehearsed = await send(csv, { dryRun: true })
    t.equal(await enrolment.person('south', 'a1'), undefined)
    const lines = [
      { line: 2, id: 'j1', outcome: 'created' },
      { line: 4, id: 'a1', outcome: 'created' },
      { line: 5, id: 'j2', outcome: 'created' },
    ]
    const report = { counts: { ...none, created: 3 }, lines, more: false }
    t.same(rehearsed, { status: 200, body: { dryRun: true, ...report } })
    t.same(await send(csv), { status: 200, body: { dryRun: false, ...report } })
    t.match(await enrolment.person('south', 'j1'), { name: 'Le "Goff"; Zoé', advisor: 'a1', disabled: false })
    t.match(await enrolment.person('south', 'j2'), { disabled: true })
    t.match(await enrolment.person('south', 'a1'), { team: 'rouge' })
    for (const dryRun of [true, false]) {
      t.same((await send(csv, { dryRun })).body, { dryRun, counts: { ...none, unchanged: 3 }, lines: [], more: false })
    }
  })

  t.test('a bad line is told and keeps no other from being done', async (t) => {
    const csv = `id,name,role,advisor,disabled
ok,"Good, line",jobseeker,a1,
,No id,jobseeker,,
bad id,Name,jobseeker,,
king,Name,king,,
lost,Name,jobseeker,nobody,
ok,Twice,jobseeker,,
odd,Name,jobseeker,,perhaps
short,Name
adv,Name,advisor,a1,
synthetic-1,Name,jobseeker,,
late,${'long'.repeat(31)},jobseeker,,
also-ok,Good,jobseeker,a2,
a2,Second,advisor,,
`
    const expected = {
      counts: { ...none, created: 3, error: 10 },
      lines: [
        { line: 2, id: 'ok', outcome: 'created' },
        { line: 3, id: '', outcome: 'error', message: /id/ },
        { line: 4, id: 'bad id', outcome: 'error', message: /^id must match/ },
        { line: 5, id: 'king', outcome: 'error', message: /^role must be/ },
        { line: 6, id: 'lost', outcome: 'error', message: 'there is no advisor nobody in south' },
        { line: 7, id: 'ok', outcome: 'error', message: 'line 2 has this id too' },
        { line: 8, id: 'odd', outcome: 'error', message: /^disabled/ },
        { line: 9, id: 'short', outcome: 'error', message: '2 fields, where the header has 5' },
        { line: 10, id: 'adv', outcome: 'error', message: /only a jobseeker has an advisor/ },
        { line: 11, id: 'synthetic-1', outcome: 'error', message: /load benchmarks/ },
        { line: 12, id: 'late', outcome: 'error', message: /^name must NOT have more than 120/ },
        { line: 13, id: 'also-ok', outcome: 'created' },
        { line: 14, id: 'a2', outcome: 'created' },
      ],
    }
    const rehearsed = await send(csv, { dryRun: true })
    t.match(rehearsed.body, expected)
    t.same((await send(csv)).body, { ...rehearsed.body, dryRun: false })
    t.match(await enrolment.person('south', 'ok'), { name: 'Good, line' })
  })

  t.test('a file that cannot be read changes nothing', async (t) => {
    const head = 'id,role,name\nnew,jobseeker,New\n'
    const bad: Record<string, string | Buffer> = {
      empty: '',
      'an unknown column': 'id,role,name,crown\nnew,jobseeker,New,x\n',
      'a column twice': 'id,role,name,id\nnew,jobseeker,New,x\n',
      'no name': 'id,role\nnew,jobseeker\n',
      'a quote that is not closed': `${head}n2,jobseeker,"Open\nn3,jobseeker,N\n`,
      'text after a quote': `${head}n2,jobseeker,"Open"x\n`,
      'not UTF-8': Buffer.concat([Buffer.from(`${head}n2,jobseeker,`), Buffer.from([0xe9, 0x0a])]),
      'cut in a character': Buffer.concat([Buffer.from(`${head}n2,jobseeker,`), Buffer.from([0xc3])]),
      binary: Buffer.alloc(100_000),
    }
    for (const [what, csv] of Object.entries(bad)) {
      t.match(await send(csv), { status: 400, body: { error: { code: 'BAD_REQUEST', message: /./ } } }, what)
    }
    t.equal((await send(`${head}`, { type: 'application/json' })).status, 400)
    t.equal(await enrolment.person('south', 'new'), undefined)
  })

  t.test('too large a file is refused, also one that does not say its size', async (t) => {
    const line = `id,role,name\n${'j,jobseeker,N\n'.repeat(200_001)}`
    t.match(await send(line), { status: 413, body: { error: { code: 'TOO_LARGE' } } })
    const row = `j,jobseeker,${'N'.repeat(1_000_000)}\n`
    const status = await new Promise<number>((resolve, reject) => {
      const upload = request(`${url}/api/regions/south/people/import`, {
        method: 'POST',
        headers: { authorization: `Bearer ${agencyToken}`, 'content-type': 'text/csv', 'transfer-encoding': 'chunked' },
      })
      upload.on('response', (response) => {
        response.resume()
        resolve(response.statusCode ?? 0)
      })
      upload.on('error', reject)
      upload.write('id,role,name\n')
      let sent = 0
      const more = () => {
        sent += 1
        if (sent > 25) upload.end()
        else upload.write(row, more)
      }
      more()
    })
    t.equal(status, 413)
  })

  t.test('only who keeps the whole region imports', async (t) => {
    const csv = 'id,role,name\nn1,jobseeker,N\n'
    const status = async (token: string) =>
      (await call('POST', 'north/people/import', { token, type: 'text/csv', body: csv })).status
    t.equal(await status(wholeRegion), 200)
    for (const token of [red, 'supervisor:s:south', 'advisor:anne', 'operator:o', 'jobseeker:x']) {
      t.equal(await status(token), 403, token)
    }
    t.equal(await status(''), 401)
  })

  t.test('one import at a time', async (t) => {
    const csv = `id,role,name\n${Array.from({ length: 20_000 }, (_, n) => `many${n},jobseeker,N${n}`).join('\n')}\n`
    const answers: Answer[] = await Promise.all([send(csv), send(csv)])
    t.same(answers.map(({ status }) => status).sort(), [200, 429])
    const done = answers.find(({ status }) => status === 200)
    t.match(done?.body, { counts: { ...none, created: 20_000 }, more: true })
    t.equal((done?.body.lines as unknown[] | undefined)?.length, 1_000)
  })
})
