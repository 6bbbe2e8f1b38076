/** The TypeScript compiler as the program it is: its script cannot be started by a Node that preloads what tap does. */
import getExePath from '../../node_modules/typescript/lib/getExePath.js'

export const compiler: string = getExePath()
