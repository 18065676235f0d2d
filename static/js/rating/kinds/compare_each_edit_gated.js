// Comparing two responses, with questions about each, and improving one, behind a gate.

import { withGate } from "../gate.js";
import CompareEachEdit from "./compare_each_edit.js";

export default withGate(CompareEachEdit);
