/** The page of the check, for jobseekers and advisors. */
import type { Visavis } from '../../client/index.ts'
import { Announcer } from '../page/announcer.tsx'
import { Closed } from '../page/closed.tsx'
import { Header } from '../page/header.tsx'
import { pageOf, type SignedIn } from '../page/signed-in.ts'
import { startFor } from '../page/start.tsx'
import { useChanges } from '../page/use-changes.ts'
import { Check } from './check.tsx'

const Content = ({ who, visavis }: { who: SignedIn; visavis: Visavis }) => {
  useChanges((change) => visavis.onState(change), visavis)
  if (visavis.state === 'closed') return <Closed visavis={visavis} />
  return <Check visavis={visavis} back={pageOf(who.role)} />
}

startFor(['jobseeker', 'advisor'], 'titleCheck', (who, visavis) => (
  <>
    <Header who={who} visavis={visavis} />
    <main id="content" class="content" tabIndex={-1}>
      <Content who={who} visavis={visavis} />
    </main>
    <Announcer />
  </>
))
