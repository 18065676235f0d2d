// Writing, behind a gate.

import { withGate } from "../gate.js";
import Write from "./write.js";

export default withGate(Write);
