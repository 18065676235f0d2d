// Comparing two responses, with questions about each, behind a gate.

import { withGate } from "../gate.js";
import CompareEach from "./compare_each.js";

export default withGate(CompareEach);
