/**
 * From a booking to a record that is checked offline, between two real browsers: device check, lobby, talk, the worker killed, talk
 * again, the end, the same record for both, verdict, contest, confirmation, export.
 */
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { Locator, Page } from 'playwright-core'
import t, { type Test } from 'tap'
import { connect } from '../../client/index.ts'
import { verifyCommand } from '../../src/verify-command.ts'
import { summaryOf } from '../../web/attendance/steps.ts'
import { type TestNode, testNode } from '../support/node.ts'
import { until } from '../support/until.ts'
import { nothingCutOff, noViolations } from './axe.ts'
import { anne, jeanne, openBrowser, seesAndHears, shoot, signIn } from './chromium.ts'

t.setTimeout(420_000)

const agency = 'agency'.repeat(8)
const env = {
  VISAVIS_AGENCY_TOKEN: agency,
  VISAVIS_ATTENDANCE_VERDICT_MS: '0',
  VISAVIS_ATTENDANCE_SAMPLE_MS: '1000',
  VISAVIS_LOBBIES: 'kept',
}

/** Tells, as an agency's own system may, that the appointment is at another time: no test can wait for the one booked. */
async function moveTo(t: Test, { url }: TestNode, appointment: string, window: { from: number; until: number }) {
  const response = await fetch(`${url}/api/regions/bretagne/attendance/${appointment}/facts`, {
    method: 'POST',
    headers: { authorization: `Bearer ${agency}`, 'content-type': 'application/json' },
    body: JSON.stringify({ key: `moved-${window.until}`, at: Date.now(), fact: { type: 'moved', window } }),
  })
  t.ok(response.ok, await response.text())
}

/** Of this test's own node only: its workers are children of this process. */
async function workerPid(): Promise<number | undefined> {
  const children = await readFile(`/proc/${process.pid}/task/${process.pid}/children`, 'utf8')
  for (const pid of children.trim().split(' ').map(Number)) {
    const command = await readFile(`/proc/${pid}/cmdline`, 'utf8').catch(() => '')
    if (command.includes('mediasoup-worker')) return pid
  }
  return undefined
}

const patient = { timeout: 30_000 }
const stepsOf = (dialog: Locator) => dialog.locator('.record__step').allInnerTexts()

async function save(page: Page, button: Locator, folder: string): Promise<string> {
  const [download] = await Promise.all([page.waitForEvent('download'), button.click()])
  const path = join(folder, download.suggestedFilename())
  await download.saveAs(path)
  return path
}

t.test('an appointment from its booking to a contested verdict that is verified offline', async (t) => {
  const node = await testNode(t, env)
  const browser = await openBrowser(t)
  const [jobseeker, advisor] = await Promise.all([signIn(browser, node.url, jeanne), signIn(browser, node.url, anne)])
  const theirs = jobseeker.page.getByRole('region', { name: 'Mes rendez-vous' })
  const folder = await mkdtemp(join(tmpdir(), 'vv-journey-'))
  t.teardown(() => rm(folder, { recursive: true, force: true }))
  const device = connect({ url: node.url, token: () => node.token(jeanne.id) })
  t.teardown(() => device.close())

  let id = ''
  await t.test('the jobseeker books by webcam', async () => {
    await theirs.getByRole('button', { name: 'Prendre rendez-vous' }).click()
    const dialog = jobseeker.page.getByRole('dialog', { name: 'Prendre rendez-vous' })
    await dialog
      .getByRole('radio', { name: /^\d\d:\d\d$/ })
      .first()
      .check({ force: true })
    await dialog.getByRole('button', { name: 'Confirmer le rendez-vous' }).click()
    await dialog.waitFor({ state: 'detached' })
    id = await until(async () => (await device.attendance.list())[0]?.appointment ?? false)
    await theirs.getByText('C’est convenu').waitFor()
    await noViolations(t, jobseeker.page, 'what was just booked')
    await shoot(jobseeker.page, 'attendance-booked')
    await moveTo(t, node, id, { from: Date.now() - 1_000, until: Date.now() + 600_000 })
  })

  await t.test('the check that is offered with it goes onto its record', async (t) => {
    const { page } = jobseeker
    await theirs.getByRole('link', { name: 'Tester mon matériel' }).click()
    await page.getByRole('button', { name: 'Commencer le test' }).click()
    await page.getByText('Votre micro fonctionne.').waitFor(patient)
    await page.getByText('kbit/s').first().waitFor({ timeout: 60_000 })
    await page.getByRole('button', { name: 'Voir le résultat' }).click()
    await page.getByText('Le résultat est enregistré').waitFor(patient)
    await page.getByRole('link', { name: 'Retour à ma page' }).click()
    await page.getByRole('region', { name: 'Mes rendez-vous' }).waitFor(patient)
    const check = await until(
      async () => (await device.attendance.read(id)).entries.find(({ fact }) => fact.type === 'check')?.fact ?? false,
    )
    t.match(check, { party: 'jobseeker' })
  })

  const startedAt = Date.now()
  await t.test('the lobby, then a talk that survives its worker', async (t) => {
    await jobseeker.page.getByRole('button', { name: 'Entrer dans la salle' }).click()
    await jobseeker.page.getByRole('heading', { name: 'Salle d’attente' }).waitFor(patient)
    await advisor.page.getByRole('button', { name: `Faire entrer ${jeanne.name}` }).click()
    await Promise.all([
      seesAndHears(jobseeker.page, 'the jobseeker', 60_000),
      seesAndHears(advisor.page, 'the advisor', 60_000),
    ])
    await until(async () => (await device.attendance.read(id)).entries.some(({ fact }) => fact.type === 'media'))
    await shoot(jobseeker.page, 'attendance-talk')
    await advisor.page.setViewportSize({ width: 1280, height: 800 })
    const boxes = await Promise.all(
      ['.bureau__stage', '.bureau__chat'].map((part) => advisor.page.locator(part).boundingBox()),
    )
    const [stage, chat] = boxes
    t.ok(stage && chat && chat.x >= stage.x + stage.width, 'at 1,280 px messages lie beside the talk')
    t.ok(stage && chat && chat.y < stage.y + stage.height, 'and not below it')
    await nothingCutOff(t, advisor.page, 'the talk of an advisor')
    await shoot(advisor.page, 'attendance-talk-advisor')
    await advisor.page.setViewportSize({ width: 1360, height: 860 })
    const pid = await workerPid()
    t.ok(pid)
    process.kill(pid ?? 0, 'SIGKILL')
    await until(async () => ![undefined, pid].includes(await workerPid()), { what: 'a new worker' })
    await Promise.all([
      seesAndHears(jobseeker.page, 'the jobseeker', 60_000),
      seesAndHears(advisor.page, 'the advisor', 60_000),
    ])
    // Enough of it for the rule: half of a window that is as long as the talk at most.
    await until(
      async () => {
        const { entries } = await device.attendance.read(id)
        const backAt = entries.findLast(({ fact }) => fact.type === 'rejoined')?.n ?? Number.POSITIVE_INFINITY
        const after = entries.filter(({ n, fact }) => n > backAt && fact.type === 'media')
        const both = new Set(after.map(({ fact }) => 'party' in fact && fact.party)).size === 2
        // Less together is no talk, which is another summary.
        return both && summaryOf(entries).togetherMs >= 10_000
      },
      { timeoutMs: 60_000, what: 'media of both after the kill' },
    )
    await advisor.page.getByRole('button', { name: 'Quitter' }).click()
    await jobseeker.page.getByRole('button', { name: 'Quitter' }).click()
    await until(async () => (await device.attendance.read(id)).entries.some(({ fact }) => fact.type === 'ended'), {
      timeoutMs: 20_000,
      what: 'the end on record',
    })
    const over = Date.now()
    const { entries } = await device.attendance.read(id)
    const talked = entries.reduce(
      (sum, { fact }) => sum + (fact.type === 'media' && fact.party === 'jobseeker' ? fact.until - fact.since : 0),
      0,
    )
    t.ok(talked > 0 && over > startedAt)
    await moveTo(t, node, id, { from: over - Math.max(1_000, Math.floor(talked / 2)), until: over })
  })

  const own = jobseeker.page.getByRole('dialog', { name: 'Relevé du rendez-vous' })
  const hers = advisor.page.getByRole('dialog', { name: 'Relevé du rendez-vous' })
  await t.test('after it a summary leads both to one and the same record', async (t) => {
    await jobseeker.page.getByText(/^Vous avez été ensemble/).waitFor(patient)
    await shoot(jobseeker.page, 'attendance-after')
    await noViolations(t, jobseeker.page, 'the page after a talk')
    await jobseeker.page.emulateMedia({ colorScheme: 'dark' })
    await jobseeker.page.setViewportSize({ width: 320, height: 640 })
    await noViolations(t, jobseeker.page, 'the summary on a telephone', { within: '.desk__room' })
    await nothingCutOff(t, jobseeker.page, 'the page after a talk, on a telephone')
    await shoot(jobseeker.page, 'attendance-after-telephone', { fullPage: true })
    await jobseeker.page.emulateMedia({ colorScheme: null })
    await jobseeker.page.setViewportSize({ width: 1360, height: 860 })
    for (const { page } of [jobseeker, advisor]) await page.getByRole('button', { name: 'Voir le relevé' }).click()
    await own.locator('.verdict__word', { hasText: 'Rendez-vous tenu' }).waitFor(patient)
    await hers.locator('.verdict__word', { hasText: 'Rendez-vous tenu' }).waitFor(patient)
    const [seen, alsoSeen] = await until(async () => {
      const both = await Promise.all([stepsOf(own), stepsOf(hers)])
      return both[0].join() === both[1].join() && both
    })
    t.same(seen, alsoSeen)
    const all = seen.join('\n')
    for (const line of [
      /Jeanne Martin a testé son appareil/,
      /Jeanne Martin arrive dans la salle d’attente/,
      /La salle s’ouvre pour Jeanne Martin/,
      /Jeanne Martin entre dans la salle/,
      /Image et son de Jeanne Martin/,
      /Panne du service\s: la salle se ferme pour Anne Kermarrec/,
      /Jeanne Martin revient dans la salle/,
      /Fin de l’entretien/,
    ])
      t.match(all, line)
    await own.getByText(/empreintes de ce relevé, et toutes correspondent/).waitFor(patient)
    await noViolations(t, jobseeker.page, 'the record of a jobseeker', { within: 'dialog' })
    await noViolations(t, advisor.page, 'the record of an advisor', { within: 'dialog' })
    await nothingCutOff(t, jobseeker.page, 'the record')
    await shoot(jobseeker.page, 'attendance-record')
    await own.getByRole('heading', { name: 'Empreintes gardées' }).scrollIntoViewIfNeeded()
    await shoot(jobseeker.page, 'attendance-record-end')
  })

  await t.test('contested by one key, and then confirmed by a person', async (t) => {
    await own.getByRole('button', { name: 'Contester' }).focus()
    await jobseeker.page.keyboard.press('Enter')
    await own.getByText(/^Contestée/).waitFor(patient)
    await hers.getByText(/^Contestée/).waitFor(patient)
    await shoot(advisor.page, 'attendance-contested')
    await hers.getByText('Confirmer une autre conclusion').click()
    const absent = hers.getByRole('option', { name: 'Absence' })
    t.equal(await absent.isDisabled(), true, 'nobody can call them absent')
    await shoot(advisor.page, 'attendance-confirming')
    await hers.getByRole('button', { name: 'Confirmer : Rendez-vous tenu' }).click()
    await own.getByText(/^Confirmée par une personne/).waitFor(patient)
    await own.getByText(/Conclusion confirmée par/).waitFor(patient)
  })

  await t.test('taken away by the page, and verified when the service is gone', async (t) => {
    await until(
      async () => {
        const url = `${node.url}/api/regions/bretagne/attendance/${id}`
        const file = (await (await fetch(url, { headers: { authorization: `Bearer ${agency}` } })).json()) as {
          entries: unknown[]
          seals: { n: number }[]
        }
        return file.seals.at(-1)?.n === file.entries.length
      },
      { timeoutMs: 20_000, what: 'the seal' },
    )
    await until(() => own.getByText(/toutes correspondent/).isVisible())
    const file = await save(jobseeker.page, own.getByRole('button', { name: 'Relevé (JSON, vérifiable)' }), folder)
    const pdf = await save(jobseeker.page, own.getByRole('button', { name: 'Relevé (PDF)' }), folder)
    const heads = await save(jobseeker.page, own.getByRole('button', { name: 'Mes empreintes (JSON)' }), folder)
    t.match((await readFile(pdf)).toString('latin1'), /^%PDF-1\.\d/)
    const keys = join(folder, 'keys.json')
    await writeFile(keys, await (await fetch(`${node.url}/api/attendance/keys`)).text())
    t.same([...jobseeker.complaints, ...advisor.complaints], [])
    await node[Symbol.asyncDispose]()

    const verify = async (...args: string[]) => {
      const said: string[] = []
      return { code: await verifyCommand(args, (line) => said.push(line)), said: said.join('\n') }
    }
    const good = await verify(file, '--head', heads, '--keys', keys)
    t.equal(good.code, 0, good.said)
    t.ok((JSON.parse(await readFile(heads, 'utf8')) as unknown[]).length > 5)
    const forged = join(folder, 'forged.json')
    await writeFile(forged, (await readFile(file, 'utf8')).replace('"worker-died"', '"left"'))
    t.equal((await verify(forged, '--head', heads)).code, 1)
  })
})
