// Comparing two responses and improving one, behind a gate.

import { withGate } from "../gate.js";
import CompareEdit from "./compare_edit.js";

export default withGate(CompareEdit);
