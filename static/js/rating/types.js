// What the modules of the desk hand each other. Nothing is loaded from here: types are for whoever
// reads and checks.

/**
 * A field of the form and its value.
 * @typedef {[name: string, value: string]} Field
 *
 * What the server sends of a kind's bar: HTML, and where its script and its style are.
 * @typedef {{ questions: string, chips: string, script: string, style: string }} Parts
 *
 * What is filled in on a task that is not submitted, and the time spent on it so far.
 * @typedef {{ fields: Field[], active: number, idle: number, at?: number }} Draft
 *
 * An answer on its way: on which task, where it goes, and by how much it counts as judged; in
 * words whose it is, on what and what it says. `why` it was refused, if it was.
 * @typedef {object} Entry
 * @property {number} id
 * @property {string} url
 * @property {Field[]} fields
 * @property {number} at
 * @property {number} counts
 * @property {string} [person]
 * @property {string} [about]
 * @property {string} [words]
 * @property {string} [why]
 * @property {string} [open] where it can be changed and sent again
 * @property {boolean} [late] it came when its rater could no longer rate, and counts nowhere
 *
 * A task as the server hands it out: its HTML, the versions of guideline and questions that apply
 * to it, and the name of what they look like on the bar, with its parts where this page has none.
 * @typedef {object} Task
 * @property {number} id
 * @property {string} html
 * @property {string} face
 * @property {Parts} [parts]
 * @property {number | null} [guideline]
 * @property {number | null} [rubric]
 *
 * What the server may reply: the next task or why there is none, or why it refused.
 * @typedef {object} ReplyData
 * @property {string} [words] what to say of it
 * @property {Task | null} [task]
 * @property {string} [html] a text as its readers see it, or an editor, for which `style` is
 * @property {string} [style]
 * @property {string} [nothing]
 * @property {boolean | number[]} [lost]
 * @property {Record<string, string | string[]>} [values]
 * @property {"judgment" | "skip"} [took_back]
 * @property {boolean} [late]
 * @property {string} [code]
 * @property {string} [message]
 * @property {string} [explained] what is right on a gold task, in training
 * @property {Record<string, string>} [fields]
 *
 * What a reply means for the sender: "refused" will never be accepted, for a reason that is told.
 * All others mean that it is kept: "later" try again; "login" the rater is logged out; "foreign"
 * somebody else is logged in; "denied" the project or the task is not this rater's just now.
 * @typedef {"ok" | "refused" | "later" | "login" | "foreign" | "denied"} State
 * @typedef {{ state: State, status: number, data: ReplyData | null }} Reply
 */

/**
 * What the sender of answers asks and tells.
 * @typedef {object} OutboxHooks
 * @property {() => Field[]} facts `showing` the task on the screen, if one is; `elsewhere` no next
 *   task is wanted
 * @property {() => void} changed something was sent, or could not be
 * @property {(entry: Entry, reply: ReplyData | null) => void} saved
 * @property {(entry: Entry, reply: Reply) => void} refused
 */

export {};
