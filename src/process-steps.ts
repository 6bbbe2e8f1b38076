/** What follows when somebody leaves the scheme, joins it, gets another advisor, or is erased, step by step. */
import { service } from './chat/channels.ts'
import type { Step, Steps } from './enrolment/processes.ts'
import { type ErasureStepsOptions, erasureSteps } from './erasure-steps.ts'
import type { SchemeParts } from './scheme-parts.ts'

export interface ProcessStepsOptions extends ErasureStepsOptions {
  readonly taking: SchemeParts
  /** Brings the appointments of a jobseeker in line with their record. */
  readonly bringInLine: Step
  readonly moveCallbacks: Step
}

export function processSteps(options: ProcessStepsOptions): Steps {
  const { queue, channels, workshops, enrolment, taking, bringInLine, moveCallbacks } = options
  const { callbacks } = queue
  /** In the channel, for both: whoever reads it later sees who answered from when on. */
  const announceAdvisor: Step = async (region, jobseeker, { at, to }) => {
    const advisor = to === undefined ? undefined : await enrolment().person(region, to)
    if (advisor === undefined || advisor.erasure !== undefined) return
    const system = { code: 'advisorChanged', person: { id: advisor.id, name: advisor.name } } as const
    await channels.publish(jobseeker, { from: service, key: `advisor-${at}`, text: '', system })
  }
  return {
    left: {
      withdrawCallbacks: (region, person) => callbacks.withdrawAll(region, person),
      leaveWorkshops: (region, person) => workshops.leave(region, person),
      ...taking.steps.left,
    },
    joined: taking.steps.joined,
    advisorChanged: { sayWhoAnswers: announceAdvisor, moveCallbacks, moveAppointments: bringInLine },
    erased: erasureSteps(options),
  }
}
