//! **How does a transaction come in?**
