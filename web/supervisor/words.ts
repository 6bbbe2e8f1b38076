/** The texts of the supervisor's page. */
import { enReport } from '../language/en-report.ts'
import { enSupervisor, type SupervisorKey as PageKey } from '../language/en-supervisor.ts'
import { frReport } from '../language/fr-report.ts'
import { frSupervisor } from '../language/fr-supervisor.ts'
import { texts } from '../language/language.ts'

export type SupervisorKey = PageKey | keyof typeof enReport

export const s = texts<SupervisorKey>({ en: { ...enSupervisor, ...enReport }, fr: { ...frSupervisor, ...frReport } })
