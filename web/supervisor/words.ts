/** The texts of the supervisor's page. */
import { enSupervisor, type SupervisorKey } from '../language/en-supervisor.ts'
import { frSupervisor } from '../language/fr-supervisor.ts'
import { texts } from '../language/language.ts'

export const s = texts<SupervisorKey>({ en: enSupervisor, fr: frSupervisor })

export type { SupervisorKey }
