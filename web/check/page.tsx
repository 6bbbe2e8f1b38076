/** The page of the check, for jobseekers and advisors; `#joining` for who has yet to join, and may do nothing else. */
import type { Visavis } from '../../client/index.ts'
import { Announcer } from '../page/announcer.tsx'
import { Closed } from '../page/closed.tsx'
import { Header } from '../page/header.tsx'
import { pages } from '../page/place.ts'
import { pageOf, type SignedIn } from '../page/signed-in.ts'
import { startFor } from '../page/start.tsx'
import { useChanges } from '../page/use-changes.ts'
import { Check } from './check.tsx'

const joining = location.hash === '#joining'

const Content = ({ who, visavis }: { who: SignedIn; visavis: Visavis }) => {
  useChanges((change) => visavis.onState(change), visavis)
  if (visavis.state === 'closed') return <Closed visavis={visavis} />
  return <Check visavis={visavis} back={joining ? `${pages}scheme` : pageOf(who.role)} />
}

startFor(
  ['jobseeker', 'advisor'],
  'titleCheck',
  (who, visavis) => (
    <>
      {joining ? <Header who={who} menu={false} /> : <Header who={who} visavis={visavis} />}
      <main id="content" class="content" tabIndex={-1}>
        <Content who={who} visavis={visavis} />
      </main>
      <Announcer />
    </>
  ),
  joining ? { only: 'check' } : {},
)
