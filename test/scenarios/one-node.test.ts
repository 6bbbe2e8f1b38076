/** What people may rely on, on one node. The same on two: two-nodes.test.ts. */
import t from 'tap'
import { accessScenarios } from './access.ts'
import { callbackScenarios } from './callbacks.ts'
import { chatScenarios } from './chat.ts'
import { playAll } from './stage.ts'

playAll(t, 1, [...chatScenarios, ...callbackScenarios, ...accessScenarios])
