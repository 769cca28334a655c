//! Builds anew when a policy file comes or goes: the embedded set is part of the program.

fn main() {
    println!("cargo:rerun-if-changed=../../policies");
}
