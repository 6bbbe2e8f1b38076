/** What people may rely on does not depend on how many nodes there are, nor on which of them anybody is connected to. */
import t from 'tap'
import { accessScenarios } from './access.ts'
import { callbackScenarios } from './callbacks.ts'
import { chatScenarios } from './chat.ts'
import { playAll } from './stage.ts'

playAll(t, 2, [...chatScenarios, ...callbackScenarios, ...accessScenarios])
