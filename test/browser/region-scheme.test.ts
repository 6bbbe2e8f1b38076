/** Whoever supervises a region decides who can join, reads what it means before it is done, and sees it on the page. */
import t from 'tap'
import { until } from '../support/until.ts'
import { nothingCutOff, noViolations } from './axe.ts'
import { shoot } from './chromium.ts'
import { claire, nolwenn, supervisorStage } from './supervisor-stage.ts'

t.setTimeout(300_000)
const agencyToken = 'agency'.repeat(8)

t.test('a region becomes a pilot by keyboard, with what that means read before', async (t) => {
  const stage = await supervisorStage(t)
  const ask = async (method: string, path: string, body?: object) => {
    const response = await fetch(`${stage.node.url}/api/regions/bretagne/${path}`, {
      method,
      headers: {
        authorization: `Bearer ${agencyToken}`,
        ...(body === undefined ? {} : { 'content-type': 'application/json' }),
      },
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    })
    return { status: response.status, answer: (await response.json()) as Record<string, object> }
  }
  const expiresAt = Date.now() + 90 * 86_400_000
  await ask('PUT', 'scheme/capacity', { capacity: 2_400, certificate: 'bretagne-2026-11', expiresAt })
  const { page, complaints } = await stage.open(nolwenn)
  await page.goto(`${stage.node.url}/supervisor#settings`)
  await page.getByText('Toute personne désignée par l’agence peut entrer.').waitFor()
  await page.getByText(/^Places libres\s: [\d\s]+ sur 2\s400 certifiées/).waitFor()
  await noViolations(t, page, 'the settings of a region')
  await nothingCutOff(t, page, 'the settings of a region')
  await shoot(page, 'region-open', { fullPage: true })

  await page.getByRole('radio', { name: 'Ouverte' }).focus()
  await page.keyboard.press('ArrowUp')
  await page.getByRole('checkbox', { name: 'rennes' }).focus()
  await page.keyboard.press('Space')
  await page.getByLabel('Plafond').fill('90')
  await page.keyboard.press('Enter')
  await page.getByText('La cible ne peut pas dépasser le plafond.').waitFor()
  await noViolations(t, page, 'a target beyond the ceiling')
  await page.getByLabel('Plafond').fill('120')
  await page.keyboard.press('Enter')
  const sure = page.getByRole('dialog', { name: 'Changer qui peut entrer ?' })
  await sure.getByText('Les personnes de l’équipe rennes peuvent entrer, et elles seules.').waitFor()
  await noViolations(t, page, 'what it means', { within: 'dialog' })
  await shoot(page, 'region-sure')
  t.match((await ask('GET', 'scheme')).answer.settings, { status: 'open' }, 'nothing is done before it is meant')
  await sure.getByRole('button', { name: 'Changer' }).click()
  await page.locator('main').getByText('Les personnes de l’équipe rennes peuvent entrer, et elles seules.').waitFor()
  await until(async () => {
    const { settings } = (await ask('GET', 'scheme')).answer
    return JSON.stringify(settings).includes('"status":"pilot","pilotTeams":["rennes"],"target":100,"ceiling":120')
  })
  t.match(await ask('PUT', 'people/new-brest', { role: 'jobseeker', name: 'B', advisor: 'advisor-erwan' }), {
    status: 409,
    answer: { error: { details: { bar: 'pilot' } } },
  })
  await shoot(page, 'region-pilot', { fullPage: true })
  t.same([...complaints], [])
})

t.test('the supervisor of a team reads it, on a telephone and in English', async (t) => {
  const stage = await supervisorStage(t)
  const small = { locale: 'en-GB', viewport: { width: 320, height: 640 }, colorScheme: 'dark' } as const
  const { page } = await stage.open(claire, small)
  await page.goto(`${stage.node.url}/supervisor#settings`)
  await page.getByText('Everybody whom the agency names can join.').waitFor()
  await page.getByText('Supervisors of the whole region and operators decide this.').waitFor()
  t.equal(await page.getByRole('radio', { name: 'Open' }).count(), 0)
  await noViolations(t, page, 'the region on a telephone')
  await nothingCutOff(t, page, 'the region on a telephone')
  await shoot(page, 'region-telephone', { fullPage: true })
})
