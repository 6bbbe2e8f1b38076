/** "Call me back" between two real browsers. */
import t from 'tap'
import { testNode } from '../support/node.ts'
import { anne, jeanne, openBrowser, shoot, signIn } from './chromium.ts'

t.test('a callback goes from request to completed, seen live by both', async (t) => {
  const node = await testNode(t)
  const browser = await openBrowser(t)
  const [jobseeker, advisor] = await Promise.all([signIn(browser, node.url, jeanne), signIn(browser, node.url, anne)])
  await advisor.page.getByText('Personne n’attend de rappel').waitFor()

  const ask = jobseeker.page.getByRole('button', { name: 'Demander un rappel' })
  await ask.click()
  await jobseeker.page.getByText('Indiquez un numéro de téléphone').waitFor()
  t.equal(
    await jobseeker.page.evaluate(() => document.activeElement?.getAttribute('type')),
    'tel',
    'the mistake has the focus',
  )
  await shoot(jobseeker.page, 'callback-jobseeker-mistake')
  await jobseeker.page.getByLabel('Votre numéro de téléphone').fill('06 12 34 56 78')
  await jobseeker.page.getByLabel('À quel sujet').fill('Mon entretien de jeudi')
  await ask.click()

  await advisor.page.getByRole('button', { name: 'Prendre ce rappel' }).waitFor()
  await jobseeker.page.getByText(`${anne.name} reçoit votre demande à l’instant`).waitFor()
  await shoot(advisor.page, 'callback-advisor-offered')
  await shoot(jobseeker.page, 'callback-jobseeker-offered')

  await advisor.page.getByRole('button', { name: 'Prendre ce rappel' }).click()
  const call = advisor.page.getByRole('link', { name: /^Appeler le 06.12.34.56.78$/ })
  await call.waitFor()
  t.equal(await call.getAttribute('href'), 'tel:0612345678')
  await jobseeker.page.getByText('On vous appelle au 06 12 34 56 78.').waitFor()
  await shoot(advisor.page, 'callback-advisor-active')

  await t.test('an advisor who loads the page again still holds it', async () => {
    await advisor.page.reload()
    await advisor.page.getByLabel('Échange à poursuivre').check()
    await advisor.page.getByLabel(/^Note/).fill('Relire la lettre ensemble')
    await advisor.page.getByRole('button', { name: 'Terminer le rappel' }).click()
    await advisor.page.getByText('Personne n’attend de rappel').waitFor()
    await jobseeker.page.getByText('Rappel terminé').waitFor()
    await shoot(jobseeker.page, 'callback-jobseeker-done')
  })

  await t.test('a request can be withdrawn', async () => {
    await jobseeker.page.getByRole('button', { name: 'Demander un autre rappel' }).click()
    await jobseeker.page.getByLabel('Par webcam, dans cette page').check()
    await jobseeker.page.getByLabel('À quel sujet').fill('Une question')
    await ask.click()
    await advisor.page.getByText('Une question').waitFor()
    const withdraw = jobseeker.page.getByRole('button', { name: 'Retirer ma demande' })
    await withdraw.click()
    const dialog = jobseeker.page.getByRole('dialog', { name: 'Retirer votre demande ?' })
    await shoot(jobseeker.page, 'callback-jobseeker-withdraw')
    await dialog.getByRole('button', { name: 'Garder ma demande' }).click()
    await dialog.waitFor({ state: 'detached' })
    await advisor.page.getByText('Une question').waitFor()
    await withdraw.click()
    await dialog.getByRole('button', { name: 'Retirer la demande' }).click()
    await advisor.page.getByText('Personne n’attend de rappel').waitFor()
    await ask.waitFor()
  })
  t.same([...jobseeker.complaints, ...advisor.complaints], [])
})
